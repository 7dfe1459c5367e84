// Login Request
const loginUser = async (email, password) => {
    const response = await fetch('/auth/login/', {
        method: 'POST',
        headers: {
            'Content-Type': 'application/json',
        },
        body: JSON.stringify({ email, password }),
        credentials: 'include'  // Include cookies
    });
    
    const data = await response.json();
    
    // Store access token for API requests
    localStorage.setItem('access_token', data.access_token);
    
    return data;
};

// Authenticated API Request
const makeAuthenticatedRequest = async (url) => {
    const token = localStorage.getItem('access_token');
    
    const response = await fetch(url, {
        headers: {
            'Authorization': `Bearer ${token}`,
            'Content-Type': 'application/json',
        },
        credentials: 'include'
    });
    
    return response.json();
};

// Check Authentication Status
const checkAuthStatus = async () => {
    try {
        const response = await makeAuthenticatedRequest('/auth/status/');
        return response.authenticated;
    } catch (error) {
        return false;
    }
};
