// A handler fails because its caller has gone away: nothing was answered, and the event says so.
import assert from 'node:assert/strict';
import { request as httpRequest } from 'node:http';
import { test } from 'node:test';
import { createGuard, type GuardEvent } from '@castellan/guard';
import { express as guarded } from '@castellan/guard/express';
import express from 'express';
import { listen } from './adapters/servers.ts';

const contract = {
  openapi: '3.1.0',
  info: { title: 'Waits', version: '1' },
  paths: {
    '/waits': {
      post: {
        operationId: 'wait',
        requestBody: { content: { 'application/json': { schema: { type: 'object' } } } },
        responses: { 204: { description: 'Done' } },
      },
    },
  },
};

test('a handler that fails with its request is recorded as cut', { timeout: 60_000 }, async () => {
  let reached: () => void;
  const there = new Promise<void>((resolve) => (reached = resolve));
  let recorded: (event: GuardEvent) => void;
  const event = new Promise<GuardEvent>((resolve) => (recorded = resolve));
  const guard = await createGuard({ contract, onEvent: (one) => recorded(one) });
  const app = express();
  app.use(guarded(guard));
  app.post('/waits', (request, _response, next) => {
    // As body parsers do: in the turn in which the connection ended.
    request.on('aborted', () => next(new Error('aborted while it waited')));
    reached();
  });
  const server = await listen(app);
  try {
    const outgoing = httpRequest(`${server.url}/waits`, {
      method: 'POST',
      agent: false,
      headers: { 'content-type': 'application/json' },
    });
    outgoing.on('error', () => {});
    outgoing.end('{}');
    await there;
    outgoing.destroy();
    assert.equal((await event).http_response.code, 0);
  } finally {
    await server.close();
    await guard.end();
  }
});
