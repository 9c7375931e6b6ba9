import { createReadStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { backUp } from '../../backup/file.ts';
import { callerIn, type Routes } from '../exchange.ts';
import { note } from '../journal.ts';

/** The store as a backup. It is written to a file first: whoever takes it slowly keeps nobody from the store. */
export function backupRoutes(app: FastifyInstance, routes: Routes): void {
  const { store } = routes;
  app.get('/backup', async (request, reply) => {
    const folder = await mkdtemp(join(store.folder ?? tmpdir(), 'backup-'));
    const clear = (): void => void rm(folder, { recursive: true, force: true });
    try {
      const file = join(folder, 'backup');
      await backUp(store, file);
      await note(store, callerIn(request, routes).subject, 'backed-up', '');
      return await reply
        .type('application/octet-stream')
        .header('cache-control', 'no-store')
        .send(createReadStream(file).once('close', clear));
    } catch (error) {
      clear();
      throw error;
    }
  });
}
