// A clinic that somebody wrote in FastAPI: its document is the one that the framework makes.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Call, WeakApi } from './weak-api.ts';

const python = '/usr/bin/python3';

/** Whether FastAPI is here: Debian's python3-fastapi and python3-uvicorn. */
export function hasFastApi(): boolean {
  return spawnSync(python, ['-c', 'import fastapi, uvicorn'], { stdio: 'ignore' }).status === 0;
}

const call = (as: string, method: string, path: string, body?: object, stopped?: Call['stopped']): Call => ({
  as,
  method,
  path,
  body,
  stopped,
});

const honest: readonly Call[] = [
  call('', 'GET', '/health'),
  ...['ann', 'ben', 'cem'].flatMap((name) => [
    call(`pat-${name}`, 'GET', `/patients/pat-${name}`),
    call(`pat-${name}`, 'PATCH', `/patients/pat-${name}`, { insurance_number: 'B2' }),
    call(`pat-${name}`, 'GET', `/records/rec-${name}`),
    call(`pat-${name}`, 'GET', `/patients/pat-${name}/records`),
    call(`pat-${name}`, 'GET', '/appointments'),
    call(`pat-${name}`, 'POST', '/appointments', { slot: 'tue' }),
    call(`pat-${name}`, 'GET', `/appointments/app-${name}`),
    call(`pat-${name}`, 'PUT', `/appointments/app-${name}`, { slot: 'wed' }),
    call(`pat-${name}`, 'GET', `/messages/msg-${name}`),
    call(`pat-${name}`, 'POST', '/messages', { text: 'when?' }),
  ]),
  call('pat-cem', 'DELETE', '/appointments/app-cem'),
  ...['doc-ida', 'doc-jon'].flatMap((doctor) => [
    call(doctor, 'GET', '/patients'),
    call(doctor, 'GET', '/patients/pat-ben'),
    call(doctor, 'GET', '/records/rec-ben'),
    call(doctor, 'GET', '/patients/pat-ann/records'),
    call(doctor, 'POST', '/records', { patient_id: 'pat-ben', diagnosis: 'cold' }),
    call(doctor, 'POST', '/appointments/app-ben/confirm'),
    call(doctor, 'GET', '/messages/msg-ben'),
  ]),
  call('doc-ida', 'DELETE', '/records/rec-cem'),
  call('adm-kim', 'GET', '/admin/audit'),
  call('adm-kim', 'POST', '/staff/doc-ida/role'),
];

const lacks =
  (text: string) =>
  (answer: string): boolean =>
    !answer.includes(text);

const holes: readonly Call[] = [
  call('pat-ann', 'GET', '/patients/pat-ben'),
  call('pat-ann', 'PATCH', '/patients/pat-ben', { name: 'x' }),
  call('pat-ann', 'GET', '/records/rec-ben'),
  call('pat-ann', 'GET', '/patients/pat-ben/records'),
  call('pat-ann', 'GET', '/appointments/app-ben'),
  call('pat-ann', 'PUT', '/appointments/app-ben', { slot: 'sun' }),
  call('pat-ann', 'DELETE', '/appointments/app-ben'),
  call('pat-ann', 'POST', '/appointments', { slot: 'fri', patient_id: 'pat-ben' }),
  call('pat-ann', 'GET', '/messages/msg-ben'),
  call('pat-ann', 'GET', '/patients'),
  call('pat-ann', 'POST', '/records', { patient_id: 'pat-ann', diagnosis: 'none' }),
  call('pat-ann', 'DELETE', '/records/rec-ann'),
  call('pat-ann', 'POST', '/appointments/app-ann/confirm'),
  call('pat-ann', 'GET', '/admin/audit'),
  call('pat-ann', 'POST', '/staff/pat-ann/role'),
  call('doc-ida', 'GET', '/admin/audit'),
  call('pat-ann', 'GET', '/patients/pat-ann', undefined, lacks('password_hash')),
  call('pat-ann', 'GET', '/records/rec-ann', undefined, lacks('internal_notes')),
  call('pat-ann', 'POST', '/appointments', { slot: 'fri', status: 'confirmed' }),
];

const start = (): Promise<{ url: string; close(): Promise<void> }> => startPython('weak-clinic.py', '/health');

/** Starts a server in Python and tells where it listens, once a path is answered well. */
export async function startPython(file: string, path: string): Promise<{ url: string; close(): Promise<void> }> {
  const child = spawn(python, [join(import.meta.dirname, file)], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [port] = (await once(child.stdout, 'data')) as [Buffer];
  const url = `http://127.0.0.1:${Number(String(port))}`;
  // It tells its port before it listens.
  for (let tries = 0; tries < 500; tries++)
    if (
      await fetch(url + path).then(
        ({ ok }) => ok,
        () => new Promise((resolve) => setTimeout(() => resolve(false), 20)),
      )
    )
      break;
  return {
    url,
    async close() {
      const ended = once(child, 'exit');
      child.kill();
      await ended;
    },
  };
}

/** The clinic with the document that it serves. */
export async function clinic(): Promise<WeakApi> {
  const running = await start();
  try {
    const document = (await (await fetch(`${running.url}/openapi.json`)).json()) as object;
    return {
      name: 'a clinic in FastAPI',
      document,
      groups: { 'doc-ida': ['doctors'], 'doc-jon': ['doctors'], 'adm-kim': ['office'] },
      honest,
      holes,
      start,
    };
  } finally {
    await running.close();
  }
}
