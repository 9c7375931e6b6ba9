// npm run bench -- overload [--seconds N]: a service that can serve 100 calls a second and gets three times as many, by callers who
// give up after a second; with and without `limits.overload`, in the application and at the gateway. On loopback, bounded in time.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const { values } = parseArgs({ options: { seconds: { type: 'string', default: '10' } } });
const seconds = Number(values.seconds);
const patience = 1000;
const rate = 300;

interface Outcome {
  good: number;
  shed: number;
  late: number;
}

/** One call. Half of all are payments of known callers, the rest are strangers who look. */
function call(port: number, agent: Agent, pays: boolean, outcome: Outcome): Promise<void> {
  return new Promise((resolve) => {
    const outgoing = request(
      {
        host: '127.0.0.1',
        port,
        path: '/call',
        agent,
        method: pays ? 'POST' : 'GET',
        headers: pays ? { 'x-key': 'a-key-of-some-length', 'content-length': 0 } : {},
        timeout: patience,
        signal: AbortSignal.timeout(patience),
      },
      (answer) => {
        answer.resume();
        answer.on('end', () => {
          if (answer.statusCode === 200) outcome.good += 1;
          else outcome.shed += 1;
          resolve();
        });
      },
    );
    outgoing.on('error', () => {
      outcome.late += 1;
      resolve();
    });
    outgoing.end();
  });
}

console.log(
  '| 300 calls a second where 100 can be served | payments answered in time | all answered in time, a second | told to come back | too late |\n| --- | --- | --- | --- | --- |',
);
for (const kind of ['guard', 'gateway'])
  for (const overload of ['', 'overload']) {
    const child = fork(join(import.meta.dirname, 'service.ts'), [kind, overload], {
      execArgv: process.execArgv,
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    const [port] = (await once(child, 'message')) as [number];
    const agent = new Agent({ keepAlive: true, maxSockets: 2000 });
    const [pays, looks] = [0, 1].map((): Outcome => ({ good: 0, shed: 0, late: 0 })) as [Outcome, Outcome];
    const calls: Promise<void>[] = [];
    const started = performance.now();
    for (let sent = 0; sent < seconds * rate; sent++) {
      const due = started + (sent / rate) * 1000;
      while (performance.now() < due) await new Promise((resolve) => setTimeout(resolve, 1));
      const isPayment = sent % 4 === 0;
      calls.push(call(port, agent, isPayment, isPayment ? pays : looks));
    }
    await Promise.all(calls);
    const took = (performance.now() - started) / 1000;
    const offered = (seconds * rate) / 4;
    console.log(
      `| ${kind}${overload === '' ? '' : ', overload: true'} | ${((pays.good / offered) * 100).toFixed(0)} % | ${Math.round((pays.good + looks.good) / took)} | ${pays.shed + looks.shed} | ${pays.late + looks.late} |`,
    );
    agent.destroy();
    child.disconnect();
    await once(child, 'exit');
  }
