import { CastellanError } from '@castellan/contract';

/** From the least to the worst. */
export const severities = ['low', 'medium', 'high'] as const;
export type Severity = (typeof severities)[number];

/** The severity of `--fail-on`. @throws CastellanError `usage` */
export function failing(text: string): Severity {
  const found = severities.find((severity) => severity === text);
  if (found !== undefined) return found;
  throw new CastellanError({
    code: 'usage',
    message: `--fail-on ${text} is no severity`,
    mend: `use ${severities.join(', ')}`,
  });
}
