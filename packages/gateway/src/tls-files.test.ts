import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { connect } from 'node:tls';
import { certificateOver, readTls, tlsNotices, watchTls } from './tls-files.ts';

const folder = mkdtempSync(join(tmpdir(), 'castellan-tls-'));
after(() => rmSync(folder, { recursive: true }));
const path = (name: string): string => join(folder, name);

function make(name: string): void {
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', path(`${name}.key`)];
  const subject = ['-subj', `/CN=${name}`, '-days', '2', '-out', path(`${name}.pem`)];
  execFileSync('openssl', ['req', '-x509', ...key, ...subject], { stdio: 'pipe' });
}

test('certificate and key are read again, and taken together', async () => {
  for (const name of ['first', 'second', 'third']) make(name);
  const put = (from: string, to: string): void => copyFileSync(path(from), path(to));
  put('first.pem', 'cert.pem');
  put('first.key', 'key.pem');
  const files = watchTls({ cert: path('cert.pem'), key: path('key.pem') });
  const server = createServer({ ...files.value });
  files.serve(server);
  const told: string[] = [];
  const hear = ({ message }: Error): void => void told.push(message);
  process.on('warning', hear);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const shown = (): Promise<string> =>
    new Promise((resolve, reject) => {
      const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false }, () => {
        resolve(String(socket.getPeerCertificate().subject.CN));
        socket.destroy();
      });
      socket.on('error', reject);
    });
  const warned = async (): Promise<number> => {
    await new Promise((resolve) => setImmediate(resolve));
    return told.length;
  };
  try {
    assert.equal(await shown(), 'first');
    for (const [name, firstFile, thenFile] of [
      ['second', 'pem', 'key'],
      ['third', 'key', 'pem'],
    ] as const) {
      const before = await shown();
      told.length = 0;
      put(`${name}.${firstFile}`, firstFile === 'pem' ? 'cert.pem' : 'key.pem');
      files.refresh();
      assert.equal(await shown(), before, `${name}: half of it`);
      files.refresh();
      assert.equal(await warned(), 1, 'it is told once');
      assert.match(told[0] ?? '', /certificate and key cannot be used .*stays in force/);
      put(`${name}.${thenFile}`, thenFile === 'pem' ? 'cert.pem' : 'key.pem');
      files.refresh();
      assert.equal(await shown(), name);
    }
    writeFileSync(path('cert.pem'), 'nothing');
    files.refresh();
    assert.equal(await shown(), 'third');
    rmSync(path('cert.pem'));
    files.refresh();
    assert.equal(await shown(), 'third');
  } finally {
    process.off('warning', hear);
    files.close();
    server.close();
  }
});

test('files that cannot be used at start are refused', () => {
  make('good');
  for (const [cert, key] of [
    ['none.pem', 'good.key'],
    ['good.pem', 'none.key'],
    ['good.pem', 'good.pem'],
  ] as const)
    assert.throws(() => watchTls({ cert: path(cert), key: path(key) }), { code: 'tls-file' });
});

test('a certificate that is over, or not good yet, is told of by its dates', () => {
  make('dated');
  const tls = { cert: path('dated.pem'), key: path('dated.key') };
  const files = watchTls(tls);
  try {
    const { cert } = files.value;
    const from = Date.parse(new X509Certificate(cert).validFrom);
    const day = 86_400_000;
    for (const [after, said] of [
      [-1, /^the TLS certificate is good only from \d{4}-\d\d-\d\d on$/],
      [0, undefined],
      [day, undefined],
      [2 * day, undefined],
      [2 * day + 1000, /^the TLS certificate ended on \d{4}-\d\d-\d\d$/],
    ] as const) {
      const over = certificateOver(cert, from + after);
      if (said === undefined) assert.equal(over, undefined, String(after));
      else assert.match(over ?? '', said);
      assert.equal(tlsNotices(files, from + after).length, said === undefined ? 0 : 1);
    }
    assert.deepEqual(tlsNotices(undefined, 0), []);
  } finally {
    files.close();
  }
});

test('files that are no certificate, key or authority, or belong to others, are one line each', () => {
  make('one');
  make('other');
  writeFileSync(path('words.pem'), 'words');
  const right = { cert: path('one.pem'), key: path('one.key') };
  for (const [given, said] of [
    [{ ...right, key: path('other.key') }, /one\.pem: the TLS certificate and key cannot be used .*; name a PEM/],
    [{ ...right, cert: path('words.pem') }, /words\.pem: the TLS certificate and key cannot be used/],
    [{ ...right, key: path('one.pem') }, /the TLS certificate and key cannot be used/],
    [{ ...right, clientCa: path('words.pem') }, /words\.pem: the TLS client CA cannot be used .*; name a PEM file of/],
    [
      { ...right, clientCa: path('none.pem') },
      /none\.pem: the TLS client CA cannot be read \(ENOENT\); name a readable/,
    ],
  ] as const)
    assert.throws(() => readTls(given), { name: 'CastellanError', code: 'tls-file', message: said });
  assert.doesNotThrow(() => readTls({ ...right, clientCa: path('other.pem') }));
});
