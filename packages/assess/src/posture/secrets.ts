import type { Contract, Location } from '@castellan/contract';

const FORMS: readonly (readonly [RegExp, string])[] = [
  [/\b(?:AKIA|ASIA)[A-Z2-7]{16}\b/, 'an access key of AWS'],
  [/\bAIza[\w-]{35}\b/, 'an API key of Google'],
  [/\b(?:ghp|gho|ghu|ghs|ghr)_[A-Za-z0-9]{36}\b/, 'a token of GitHub'],
  [/\bgithub_pat_\w{82}\b/, 'a token of GitHub'],
  [/\bglpat-[\w-]{20}\b/, 'a token of GitLab'],
  [/\bxox[abprs]-\d{10,}-\d{10,}-\w{20,}\b/, 'a token of Slack'],
  [/\bhooks\.slack\.com\/services\/T\w{8,}\/B\w{8,}\/\w{24}\b/, 'a webhook of Slack'],
  [/\b(?:sk|rk)_live_[A-Za-z0-9]{24,}\b/, 'a live key of Stripe'],
  [/\bSG\.[\w-]{22}\.[\w-]{43}\b/, 'a key of SendGrid'],
  [/\bnpm_[A-Za-z0-9]{36}\b/, 'a token of npm'],
  [/-----BEGIN (?:RSA |EC |OPENSSH |DSA |)PRIVATE KEY-----[\sA-Za-z0-9+/=\\]{200,}/, 'a private key'],
];
/** What all of them hold: most strings are ruled out by it at once. */
const PREFIX = /AKIA|ASIA|AIza|gh[pours]_|github_pat_|glpat-|xox[abprs]-|hooks\.slack|_live_|SG\.|npm_|PRIVATE KEY|eyJ/;
const JWT = /\beyJ[\w-]{10,}\.(eyJ[\w-]{10,})\.[\w-]{20,}\b/;

/** Strings of the documents that have the form of a live credential, the credential itself shortened. */
export function* secretsOf(
  contract: Contract,
  now: number,
): Generator<{ readonly location: Location; readonly kind: string; readonly shown: string }> {
  for (const document of contract.documents) {
    const stack: { readonly value: unknown; readonly pointer: string }[] = [
      { value: contract.at({ document, pointer: '' }), pointer: '' },
    ];
    for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
      const { value, pointer } = at;
      if (typeof value === 'string') {
        const found = value.length > 15 && PREFIX.test(value) ? credential(value, now) : undefined;
        if (found !== undefined) yield { location: { document, pointer }, ...found };
      } else if (Array.isArray(value))
        for (const [index, item] of value.entries()) push(stack, item, pointer, String(index));
      else if (typeof value === 'object' && value !== null)
        for (const key of Object.keys(value)) push(stack, (value as Record<string, unknown>)[key], pointer, key);
    }
  }
}

function push(stack: { value: unknown; pointer: string }[], value: unknown, pointer: string, key: string): void {
  if (typeof value === 'string' ? value.length > 15 : typeof value === 'object' && value !== null)
    stack.push({ value, pointer: `${pointer}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}` });
}

function credential(text: string, now: number): { readonly kind: string; readonly shown: string } | undefined {
  for (const [form, kind] of FORMS) {
    const match = form.exec(text)?.[0];
    if (match !== undefined && !isMadeUp(match)) return { kind, shown: shorten(match) };
  }
  const token = JWT.exec(text);
  if (token?.[1] === undefined || isMadeUp(token[0])) return undefined;
  const expires = expiryOf(token[1]);
  return expires !== undefined && expires * 1000 > now
    ? { kind: 'a token (JWT) that is still valid', shown: shorten(token[0]) }
    : undefined;
}

function expiryOf(payload: string): number | undefined {
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString());
    const expires =
      typeof claims === 'object' && claims !== null ? (claims as { readonly exp?: unknown }).exp : undefined;
    return typeof expires === 'number' ? expires : undefined;
  } catch {
    return undefined;
  }
}

/** Sample values of vendors, words, and characters that repeat or count. */
function isMadeUp(value: string): boolean {
  return (
    /example|sample|dummy|fake|test|placeholder|x{4}|0{6}|1234|abcd|changeme|your|redacted|<|\.\.\./i.test(value) ||
    // The token of GitHub's own documentation.
    value.includes('16C7e42F292c6912E7') ||
    new Set(value.slice(4)).size < 8
  );
}

/** The first characters only: what is printed must not help anybody. */
function shorten(value: string): string {
  return `${value.slice(0, 8)}…`;
}
