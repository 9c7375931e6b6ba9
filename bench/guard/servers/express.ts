// Express 5 without any check.
import express from 'express';
import { created, list } from '../work.ts';
import { ready } from './ready.ts';

const app = express();
app.use(express.json());
app.get('/v1/orders', (_request, response) => {
  response.json(list);
});
app.post('/v1/orders', (_request, response) => {
  response.status(201).json(created);
});
const server = app.listen(0, '127.0.0.1', () => ready.call(server));
