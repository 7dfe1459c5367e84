import requests

class AuthClient:
    def __init__(self, base_url):
        self.base_url = base_url
        self.session = requests.Session()
        self.access_token = None
    
    def login(self, email, password):
        response = self.session.post(
            f"{self.base_url}/auth/login/",
            json={"email": email, "password": password}
        )
        
        if response.status_code == 200:
            data = response.json()
            self.access_token = data['access_token']
            return True
        return False
    
    def make_authenticated_request(self, endpoint):
        headers = {
            'Authorization': f'Bearer {self.access_token}'
        }
        
        response = self.session.get(
            f"{self.base_url}{endpoint}",
            headers=headers
        )
        
        return response.json()
