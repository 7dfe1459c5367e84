// Lives through a session with the chatbot's own JavaScript functions, which lie
// beside this file as its document prints them.
//
//     node driver.mjs BASE_URL EMAIL PASSWORD
//
// They were written for a page: this gives them the storage, the address and
// the cookies that a browser would. The person has registered before.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';

const [baseUrl, email, password] = process.argv.slice(2);

class Browser {
  items = new Map();
  cookies = new Map();

  localStorage = {
    getItem: (name) => this.items.get(name) ?? null,
    setItem: (name, value) => this.items.set(name, String(value)),
  };

  fetch = async (url, { headers = {}, credentials, ...rest } = {}) => {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const sent = credentials === 'include' && cookie ? { ...headers, Cookie: cookie } : headers;
    const response = await fetch(new URL(url, baseUrl), { ...rest, headers: sent });
    for (const line of response.headers.getSetCookie()) {
      const [, name, value] = line.match(/^([^=]+)=([^;]*)/);
      if (/;\s*max-age=0(;|$)/i.test(line)) this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
    return response;
  };

  // The functions, in a world of their own.
  open() {
    const source = readFileSync(new URL('auth_functions.js', import.meta.url), 'utf8');
    const names = '{ loginUser, makeAuthenticatedRequest, checkAuthStatus }';
    return new Function('fetch', 'localStorage', `${source}\nreturn ${names};`)(this.fetch, this.localStorage);
  }
}

const laptop = new Browser();
const { loginUser, makeAuthenticatedRequest, checkAuthStatus } = laptop.open();

assert.equal((await loginUser(email, 'wrong')).error, 'Invalid credentials');
assert.ok(!(await checkAuthStatus()), 'in with a wrong password');

assert.equal((await loginUser(email, password)).email, email);
assert.equal(await checkAuthStatus(), true);
assert.equal((await makeAuthenticatedRequest('/auth/status/')).user.email, email);
assert.ok(laptop.cookies.has('refresh_token'));

// Signing out on another device ends this session too, at once.
const phone = new Browser();
await phone.open().loginUser(email, password);
const out = await phone.fetch('/auth/logout/', {
  method: 'POST',
  headers: { Authorization: `Bearer ${phone.localStorage.getItem('access_token')}` },
  credentials: 'include',
});
assert.equal((await out.json()).status, 'success');
assert.equal(phone.cookies.size, 0);
assert.equal((await makeAuthenticatedRequest('/auth/status/')).code, 'token_not_valid');
assert.ok(!(await checkAuthStatus()), 'in after signing out');

await loginUser(email, password);
assert.equal(await checkAuthStatus(), true);
