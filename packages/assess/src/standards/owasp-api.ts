import { owaspRisks, type OwaspRisk } from '../findings/risk.ts';
import { controlIds, type ControlId } from '../threats/controls.ts';
import { asvsChapters, asvsOf } from './asvs.ts';

/**
 * The controls that each risk of the OWASP API Security Top 10 2023 asks for
 * (https://owasp.org/API-Security/editions/2023/en/0x11-t10/).
 */
export const owaspControls: Readonly<Record<OwaspRisk, readonly [ControlId, ...ControlId[]]>> = {
  'API1:2023': ['object-authorization', 'existence-secret'],
  'API2:2023': ['authentication', 'strong-authentication', 'sender-constraint', 'credential-out-of-url', 'rate-limit'],
  'API3:2023': [
    'property-read',
    'property-write',
    'output-validation',
    'classification',
    'subject-rights',
    'retention',
  ],
  'API4:2023': ['rate-limit', 'page-limit', 'data-budget', 'body-limit'],
  'API5:2023': ['function-authorization', 'scope-separation'],
  'API6:2023': ['flow-control', 'rate-limit', 'data-budget'],
  'API7:2023': ['url-restriction'],
  'API8:2023': [
    'input-validation',
    'safe-errors',
    'audit',
    'transport-encryption',
    'internal-encryption',
    'network-isolation',
    'secret-storage',
    'store-authentication',
    'least-privilege',
    'no-debug',
    'storage-encryption',
  ],
  'API9:2023': ['lifecycle', 'ownership', 'environment-separation'],
  'API10:2023': ['third-party-contract'],
};

/**
 * The controls that somebody means by a word: a risk (`API1:2023`, `API1`), a chapter, section or requirement of ASVS (`V8`, `V8.2`,
 * `V8.2.2`), or a control (`object-authorization`). Empty where there is none.
 */
export function controlsNamed(word: string): readonly ControlId[] {
  if (isControl(word)) return [word];
  const risk = /^(API\d{1,2})(?::2023)?$/i.exec(word)?.[1]?.toUpperCase();
  const named = (Object.keys(owaspRisks) as OwaspRisk[]).find((one) => one === `${risk ?? ''}:2023`);
  if (named !== undefined) return owaspControls[named];
  if (!/^V\d{1,2}(?:\.\d{1,2}){0,2}$/i.test(word)) return [];
  const wanted = word.toUpperCase();
  return controlIds.filter((id) => asvsOf[id].some((one) => one === wanted || one.startsWith(`${wanted}.`)));
}

/** Every word that {@link controlsNamed} takes and that names something, for suggestions. */
export function wordsForControls(): readonly string[] {
  const chapters = Object.keys(asvsChapters).filter((chapter) => controlsNamed(chapter).length > 0);
  return [...Object.keys(owaspRisks), ...controlIds, ...chapters, ...new Set(Object.values(asvsOf).flat())];
}

function isControl(word: string): word is ControlId {
  return (controlIds as readonly string[]).includes(word);
}
