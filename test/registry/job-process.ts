// A registry's periodic work in a process of its own: node job-process.ts STORE HOLDER hold|count
import { openStore } from '@castellan/registry';
import { runJob, type Job } from '../../packages/registry/src/upkeep/job.ts';

const [url = '', holder = '', what] = process.argv.slice(2);
const store = await openStore({ url });
if (what === 'hold') {
  const job: Job = {
    name: 'held',
    every: 86_400_000 * 365,
    async run({ db }) {
      await db
        .insertInto('journal')
        .values({ time: new Date(0), actor: holder, kind: 'held', detail: '' })
        .execute();
      console.log('holds');
      return new Promise(() => setInterval(() => undefined, 1_000));
    },
  };
  await runJob(store, job, holder);
} else {
  const every = 100;
  const job: Job = {
    name: 'counted',
    every,
    async run({ db, clock }) {
      const period = String(Math.floor(clock() / every));
      await db
        .insertInto('journal')
        .values({ time: new Date(0), actor: holder, kind: 'counted', detail: period })
        .execute();
      return 'counted';
    },
  };
  console.log('begins');
  process.stdin.once('data', () => {
    void (async () => {
      for (const end = Date.now() + 2_000; Date.now() < end;) await runJob({ ...store, clock: Date.now }, job, holder);
      await store.close();
      process.exit(0);
    })();
  });
}
