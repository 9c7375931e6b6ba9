// Reference page of facts: every field of the types that functions of the option `facts` are given.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');
const source = 'packages/guard/src/facts/facts.ts';
/** The types of the page, in its order. */
const types = ['Facts', 'PrincipalFact', 'AttemptFact', 'RefusedFact', 'ObjectFact', 'ChangeFact'];
/** Fields whose name says what they are. */
const plain: Readonly<Record<string, string>> = {
  'Facts.contract': 'Digest of the contract, its first 12 hex digits.',
  'Facts.method': 'The method.',
  'Facts.status': 'The status that the caller got; 0 where the connection ended before.',
  'Facts.address': 'The address of the caller, after `trustedProxies`.',
  'Facts.objectCount': 'How many objects there were.',
  'Facts.bytesIn': 'Bytes of the request body.',
  'Facts.bytesOut': 'Bytes of the answer.',
  'PrincipalFact.subject': 'The subject of the credential.',
  'PrincipalFact.issuer': 'The trusted issuer of the token, or the name of the store.',
  'PrincipalFact.tenant': 'Its tenant, where it has one.',
  'PrincipalFact.credentialId': 'Names the credential, and cannot be used as one.',
  'AttemptFact.kind': '`bearer`, `api-key`, `basic`, `certificate`, `sign-in` …',
  'RefusedFact.stage': 'The stage that refused.',
  'RefusedFact.reason': 'Why, in one word: [troubleshooting](../troubleshooting.md#reasons) explains each.',
  'ObjectFact.type': 'Resource type.',
};

interface Field {
  readonly name: string;
  readonly type: string;
  readonly always: boolean;
  readonly says: string;
}

/** The fields of an interface of the source. */
function factFields(name: string): readonly Field[] {
  const text = readFileSync(join(root, source), 'utf8');
  const begin = text.indexOf(`export interface ${name} {\n`);
  if (begin === -1) throw new Error(`${source} has no ${name}`);
  const body = text.slice(text.indexOf('\n', begin) + 1, text.indexOf('\n}', begin) + 1);
  const field =
    /(?: {2}\/\*\*(?<doc>(?:(?!\*\/)[^])*)\*\/\n)? {2}readonly (?<name>\w+)(?<open>\??):(?<type>[^]*?);\n(?= {2}\S|$)/gy;
  const fields: Field[] = [];
  for (let match = field.exec(body); match !== null; match = field.exec(body)) {
    const { groups = {} } = match;
    const type = oneLine((groups['type'] ?? '').replaceAll(/\/\*\*[^]*?\*\//g, ' ')).replace(/^\| /, '');
    const own = groups['name'] ?? '';
    fields.push({
      name: own,
      type: type
        .replace(/ \| undefined$/, '')
        .replaceAll('readonly ', '')
        .replaceAll(/\bstring\b/g, 'text'),
      always: groups['open'] !== '?' && !type.endsWith('| undefined'),
      says: oneLine((groups['doc'] ?? plain[`${name}.${own}`] ?? '').replaceAll(/\n\s*\*/g, ' ')),
    });
  }
  return fields;
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim();
}

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('<', '&lt;');

function table(name: string): string {
  const rows = factFields(name).map((field) => {
    if (field.says === '') throw new Error(`${name}.${field.name}: write what it says in ${source}`);
    return `| \`${field.name}\` | ${cell(field.type)} | ${field.always ? 'yes' : ''} | ${field.says.replaceAll('|', '\\|')} |`;
  });
  return ['| field | type | always | says |', '| --- | --- | --- | --- |', ...rows].join('\n');
}

/** `facts.md`. */
export function factPages(): Readonly<Record<string, string>> {
  const [facts = 'Facts', ...parts] = types;
  return {
    'facts.md': `# Facts

Made from \`${source}\` by \`npm run reference\`. Facts are one exchange as plain values: what each function of the option \`facts\` is given, and the detectors.
They never hold a body, the value of a parameter or a credential.

\`\`\`ts
const guard = await createGuard({ contract: './openapi.yaml', facts: [(facts) => console.log(facts.operation, facts.timings)] });
\`\`\`

${table(facts)}

${parts.map((name) => `## ${name}\n\n${table(name)}\n`).join('\n')}
## StageTimings

Milliseconds by the name of the stage: \`frame\`, \`route\`, \`throttle\`, \`authenticate\`, \`receive\`, \`validate\`, \`authorize\`, \`handler\`. Together they are \`duration\`.
`,
  };
}
