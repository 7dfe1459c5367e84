"""The endpoints that are SimpleJWT's own, and two that show how DRF reads a
form and checks a token. The others are no library's: their shapes are in the
golden file of the views."""

from django.contrib.auth.password_validation import validate_password
from django.urls import path
from rest_framework import permissions, serializers
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework_simplejwt.views import TokenObtainPairView, TokenRefreshView

from reference.models import CustomUser


class RegisterSerializer(serializers.ModelSerializer):
    password = serializers.CharField(write_only=True, validators=[validate_password])

    class Meta:
        model = CustomUser
        fields = ["email", "password"]


class Register(APIView):
    permission_classes = [permissions.AllowAny]
    authentication_classes = []

    def post(self, request):
        RegisterSerializer(data=request.data).is_valid(raise_exception=True)
        return Response({"message": "User created successfully"}, status=201)


class Status(APIView):
    permission_classes = [permissions.IsAuthenticated]

    def get(self, request):
        user = {"id": request.user.id, "email": request.user.email}
        return Response({"authenticated": True, "user": user})


urlpatterns = [
    path("auth/register/", Register.as_view()),
    path("auth/status/", Status.as_view()),
    path("api/token/", TokenObtainPairView.as_view()),
    path("api/token/refresh/", TokenRefreshView.as_view()),
]
