// Prometheus Alertmanager behind the gateway, with the document that its program holds, and amtool as its client.
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { tryServer, type Running, type Send } from './harness.ts';
import { answers, freePort, hasProgram, startProgram } from './processes.ts';

tryServer({
  name: 'Alertmanager',
  async start(t) {
    if (!hasProgram('prometheus-alertmanager')) return undefined;
    const folder = mkdtempSync(join(tmpdir(), 'castellan-alertmanager-'));
    t.after(() => rmSync(folder, { recursive: true, force: true }));
    const config = join(folder, 'alertmanager.yml');
    writeFileSync(config, 'route: { receiver: team, group_by: [alertname] }\nreceivers: [{ name: team }]\n');
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const child = startProgram(t, 'prometheus-alertmanager', [
      `--config.file=${config}`,
      `--storage.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--cluster.listen-address=',
    ]);
    await answers(`${url}/-/ready`, child);
    const client = hasProgram('amtool') ? { client: amtool } : {};
    return { url, document: documentOf('/usr/bin/prometheus-alertmanager'), session, ...client } satisfies Running;
  },
});

/** The program holds the document as text. */
function documentOf(program: string): object {
  const text = readFileSync(program).toString('latin1');
  const at = text.indexOf('"swagger": "2.0"');
  const begin = text.lastIndexOf('\n  "consumes"', at);
  const start = text.lastIndexOf('{', begin);
  let depth = 0;
  let quoted = false;
  for (let index = start; index < text.length; index++) {
    const character = text[index];
    if (quoted) {
      if (character === '\\') index += 1;
      else if (character === '"') quoted = false;
    } else if (character === '"') quoted = true;
    else if (character === '{') depth += 1;
    else if (character === '}' && --depth === 0) return JSON.parse(text.slice(start, index + 1)) as object;
  }
  throw new Error('the program holds no document');
}

/** What `amtool` does, which Alertmanager's own people wrote. */
async function amtool(url: string): Promise<void> {
  const run = promisify(execFile);
  const at = [`--alertmanager.url=${url}`];
  await run('amtool', [...at, 'alert', 'add', 'alertname=disk', 'node=db2', '--annotation=summary=full']);
  await run('amtool', [...at, 'alert', 'query', '-o', 'json', 'alertname=disk']);
  const { stdout } = await run('amtool', [
    ...at,
    'silence',
    'add',
    '--author=ada',
    '--comment=work',
    '--duration=1h',
    'node=~db.*',
  ]);
  await run('amtool', [...at, 'silence', 'query', '-o', 'json']);
  await run('amtool', [...at, 'silence', 'expire', stdout.trim()]);
  await run('amtool', [...at, 'config', 'show']);
}

async function session(send: Send, values: number): Promise<void> {
  for (const from of ['127.0.0.1', '127.0.0.2']) {
    const headers = { accept: 'application/json' };
    const json = { ...headers, 'content-type': 'application/json' };
    const get = (path: string) => send({ method: 'GET', path, headers, from });
    const write = (path: string, body: unknown) =>
      send({ method: 'POST', path, headers: json, body: JSON.stringify(body), from });
    const second = values === 2;
    await get('/api/v2/status');
    await get('/api/v2/receivers');
    await write('/api/v2/alerts', [
      {
        labels: { alertname: second ? 'memory' : 'load', node: `db${values}`, ...(second ? { team: 'x' } : {}) },
        annotations: second ? { summary: 'high', runbook: 'https://example.com/r' } : { summary: 'high' },
        startsAt: second ? '2026-11-29T10:00:00+01:00' : '2026-11-29T10:00:00Z',
        endsAt: '2099-01-01T00:00:00.000Z',
        generatorURL: 'http://prometheus.example.com/graph',
      },
      ...(second ? [{ labels: { alertname: 'other' } }] : []),
    ]);
    await get('/api/v2/alerts');
    await get(`/api/v2/alerts?active=true&silenced=false&filter=${encodeURIComponent('node=~"db.*"')}`);
    await get(`/api/v2/alerts?filter=${encodeURIComponent('alertname="x"')}&filter=${encodeURIComponent('node="y"')}`);
    await get('/api/v2/alerts/groups');
    const made = await write('/api/v2/silences', {
      matchers: [{ name: 'node', value: `db${values}`, isRegex: second, ...(second ? { isEqual: true } : {}) }],
      startsAt: '2026-01-01T00:00:00Z',
      endsAt: '2099-01-01T00:00:00Z',
      createdBy: from,
      comment: `work ${values}`,
    });
    const { silenceID } = JSON.parse(made.body.toString()) as { silenceID: string };
    await get('/api/v2/silences');
    await get(`/api/v2/silence/${silenceID}`);
    await write('/api/v2/silences', {
      id: silenceID,
      matchers: [{ name: 'node', value: 'db9', isRegex: false }],
      startsAt: '2026-01-01T00:00:00Z',
      endsAt: '2099-06-01T00:00:00Z',
      createdBy: 'ada',
      comment: 'longer',
    });
    await send({ method: 'DELETE', path: `/api/v2/silence/${silenceID}`, headers, from });
    await get('/api/v2/silence/6f1c2e1a-7c1d-4d2b-9a53-0d5f4a1b2c3d');
  }
}
