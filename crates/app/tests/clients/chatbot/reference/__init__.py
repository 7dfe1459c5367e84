"""The chatbot's interface once more, on the real Django, DRF and SimpleJWT."""
