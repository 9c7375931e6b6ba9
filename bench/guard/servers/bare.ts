// node:http and nothing else.
import { createServer } from 'node:http';
import { created, list } from '../work.ts';
import { ready } from './ready.ts';

createServer((request, response) => {
  if (request.method === 'GET') {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(list));
    return;
  }
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    JSON.parse(Buffer.concat(chunks).toString('utf8'));
    response.statusCode = 201;
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(created));
  });
}).listen(0, '127.0.0.1', ready);
