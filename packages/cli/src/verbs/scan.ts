import { CastellanError, loadContract, type Contract } from '@castellan/contract';
import { attacks, evidenceOf, reportOf, scan, textOf } from '@castellan/scan';
import { parseArguments, usage } from '../arguments.ts';
import { identitiesOf } from '../scan/identities.ts';
import type { Verb } from '../verb.ts';
import { writeOut } from '../write-out.ts';

const names = attacks.map(({ name }) => name);

export const verb: Verb = {
  name: 'scan',
  help: `castellan scan FILE --target URL --identity NAME=CREDENTIAL... [options]

Calls a running API as its users would, and then as they must not: without and with forged credentials, for objects of others, with
values that the document does not allow. What an attack shows is held against the same call by who may make it. FILE is the OpenAPI document.
Only for systems that are yours, and made for tests.

  --target URL         where the API runs; without a path, the base path of the document's first server is added
  --identity NAME=CREDENTIAL
                       as whom it is called: an account made for tests; may be given several times. CREDENTIAL is a token, an API key or
                       user:password; env:VARIABLE and file:PATH keep it out of the command line
  --identities FILE    the same in YAML, with credentials by security scheme, and operations that an identity may not call (mayNot)
  --shared TYPE        a type of objects that everybody may read; may be given several times
  --write              also send POST, PUT and PATCH: creates and changes objects
  --delete             also send DELETE
  --burst N            make one call N times in a row, to meet its rate limit
  --only ATTACK        run this attack only; may be given several times: ${names.slice(0, 5).join(', ')},
                       ${names.slice(5).join(', ')}
  --max-requests N     end after so many requests (default 2000)
  --rate N             requests per second at most (default 50)
  --allow-host HOST    a target that is not on this machine has to be named twice
  --overlay FILE       apply an OpenAPI Overlay first; may be given several times
  --evidence FILE      write what is proven and broken, for castellan inventory import (schemas/evidence.json)
  --api NAME           with --evidence: its name in the inventory
  --environment NAME   with --evidence: the environment that was scanned
  --json               print JSON (schemas/scan-output.json)

Exit status 1 where an attack went through.
`,
  async run(args, terminal) {
    const { values, positionals } = parseArguments('scan', args, {
      target: { type: 'string' },
      identity: { type: 'string', multiple: true },
      identities: { type: 'string' },
      shared: { type: 'string', multiple: true },
      write: { type: 'boolean' },
      delete: { type: 'boolean' },
      burst: { type: 'string' },
      only: { type: 'string', multiple: true },
      'max-requests': { type: 'string' },
      rate: { type: 'string' },
      'allow-host': { type: 'string' },
      overlay: { type: 'string', multiple: true },
      evidence: { type: 'string' },
      api: { type: 'string' },
      environment: { type: 'string' },
      json: { type: 'boolean' },
    });
    const [file, second] = positionals;
    if (file === undefined || second !== undefined)
      throw usage(
        file === undefined ? 'no OpenAPI document given' : 'more than one OpenAPI document given',
        'write castellan scan openapi.yaml --target http://localhost:3000 --identity ada=env:ADA_TOKEN',
      );
    for (const name of values.only ?? [])
      if (!names.includes(name)) throw usage(`there is no attack '${name.slice(0, 40)}'`, `write ${names.join(', ')}`);
    if (values.evidence !== undefined && values.api === undefined)
      throw usage('evidence is of an API', 'name it with --api as the inventory does');
    const { cwd, env, signal } = terminal;
    const contract = await loadContract(file, { cwd, overlays: values.overlay ?? [] });
    for (const type of values.shared ?? [])
      if (!contract.resources.has(type))
        throw usage(
          `the document has no type '${type.slice(0, 60)}'`,
          `write one of ${[...contract.resources.keys()].join(', ')}`,
        );
    const base = baseOf(values.target, contract, values['allow-host']);
    const identities = identitiesOf({ flags: values.identity ?? [], file: values.identities, contract, cwd, env });
    if (identities.length === 0)
      throw usage(
        'nobody is named as whom the API is called',
        'write --identity ada=env:ADA_TOKEN, and a second one for objects of others',
      );
    const started = Date.now();
    const done = await scan(contract, {
      base,
      identities,
      maxRequests: countOf('max-requests', values['max-requests'], 2000),
      rate: countOf('rate', values.rate, 50),
      timeout: 10_000,
      signal,
      changes: values.write,
      deletes: values.delete,
      shared: values.shared,
      burst: values.burst === undefined ? 0 : countOf('burst', values.burst, 0),
      only: values.only,
      progress: terminal.interactive ? (what, sent) => terminal.err(`${sent} requests, ${what}\n`) : undefined,
    });
    if (done.sent > 0 && done.answered.size === 0 && done.tries.every(({ verdict }) => verdict !== 'broken'))
      throw new CastellanError({
        code: 'nothing-answered',
        message: `no call of ${identities.map(({ name }) => name).join(', ')} was answered with success at ${base}: nothing can be said`,
        mend: 'see that the API runs there, that --target has its base path, and that the credentials are good',
      });
    const report = reportOf(contract, done, { target: base, at: started });
    if (values.evidence !== undefined && values.api !== undefined) {
      const records = evidenceOf(report, values.api, values.environment);
      await writeOut(
        { file: values.evidence, cwd, what: 'the evidence', flag: '--evidence' },
        `${JSON.stringify({ version: 1, records }, null, 2)}\n`,
      );
    }
    terminal.out(values.json === true ? `${JSON.stringify(report, null, 2)}\n` : textOf(report));
    // An API that a call ended is no API that held.
    return report.silentSince !== undefined || report.results.some(({ level }) => level === 'broken') ? 1 : 0;
  },
};

/** Where the paths of the document stand. What is not on this machine is attacked only where it was meant. */
function baseOf(target: string | undefined, contract: Contract, allowed: string | undefined): string {
  if (target === undefined) throw usage('no --target given', 'write --target http://localhost:3000');
  let url: URL;
  try {
    url = new URL(target);
  } catch {
    throw usage(`--target is no URL`, 'write --target http://localhost:3000');
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw usage(`--target has the scheme ${url.protocol}`, 'write a URL of http or https');
  if (url.username !== '' || url.password !== '') throw usage('--target holds a credential', 'give it with --identity');
  const isHere = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/.test(url.hostname);
  if (!isHere && allowed !== url.hostname)
    throw usage(
      `${url.hostname} is not this machine`,
      `scan only what is yours and made for tests; then add --allow-host ${url.hostname}`,
    );
  const path = url.pathname.replace(/\/+$/, '');
  return url.origin + (path === '' ? (contract.servers[0]?.basePath ?? '') : path);
}

function countOf(name: string, text: string | undefined, fallback: number): number {
  if (text === undefined) return fallback;
  if (!/^[1-9]\d{0,6}$/.test(text))
    throw usage(`--${name} is no number from 1 to 9999999`, `write --${name} ${fallback || 200}`);
  return Number(text);
}
