import { createServer } from 'node:http';
import type { NextFunction, Request, Response } from 'express';
import { answer, document, ready } from './first-request.ts';

const { default: express } = await import('express');
const { middleware } = await import('express-openapi-validator');

const app = express();
app.use(middleware({ apiSpec: document, validateRequests: true, validateResponses: true }));
app.use((request: Request, response: Response) => answer(request, response));
app.use((error: { readonly status?: number }, _request: Request, response: Response, _next: NextFunction) => {
  response.status(error.status ?? 500).end();
});
const server = createServer(app);
server.listen(0, '127.0.0.1', () => ready(server));
