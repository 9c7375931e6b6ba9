// An API with its own log-in, as tutorials have it: the token holds the user's number and role, signed with one secret.
import express, { type Express } from 'express';
import { jwtVerify, SignJWT } from 'jose';

const people = [
  { id: 1, name: 'ada', password: 'copper lantern', role: 'clerk' },
  { id: 2, name: 'bob', password: 'quiet harbour', role: 'guest' },
];

export function createApi(secret: string): Express {
  const key = Buffer.from(secret);
  const api = express();
  api.use(express.json());
  api.post('/login', (request, response, next) => {
    const body = request.body as { name: string; password: string };
    const person = people.find(({ name, password }) => name === body.name && password === body.password);
    if (person === undefined) return void response.status(401).end();
    const claims = { id: person.id, role: person.role };
    const token = new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).setExpirationTime('1h').sign(key);
    token.then((text) => response.json({ token: text }), next);
  });
  api.get('/orders', (request, response) => {
    const token = request.headers.authorization?.split(' ')[1] ?? '';
    jwtVerify(token, key).then(
      ({ payload }) => response.json([{ id: 7, owner: payload['id'] }]),
      () => response.status(401).end(),
    );
  });
  return api;
}
