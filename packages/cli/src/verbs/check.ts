import { CastellanError } from '@castellan/contract';
import { formats } from '@castellan/assess/posture';
import { parseArguments } from '../arguments.ts';
import { check } from '../check/run.ts';
import { documentsOf } from '../check/documents.ts';
import { oneOf } from '../check/choice.ts';
import { watchFiles } from '../check/watch.ts';
import type { ExitStatus, Verb } from '../verb.ts';

const PROFILES = ['toy', 'internal', 'standard', 'bank'] as const;
const THRESHOLDS = ['critical', 'high', 'medium', 'low', 'info', 'none'] as const;

export const verb: Verb = {
  name: 'check',
  help: `castellan check FILE|FOLDER|GLOB… [options]

Looks for weaknesses in OpenAPI documents (2.0, 3.0, 3.1, 3.2; a path or an http(s) URL): every risk of the OWASP API
Security Top 10 2023 that a document can show. One root cause is one finding, with its place, the reason and the fix.

  --profile NAME        toy, internal, standard or bank, instead of the one in x-castellan
  --fail-on SEVERITY    exit with 1 at or over it: critical, high (default), medium, low, info, none
  --format FORMAT       ${formats.join(', ')}; text where not said
  --output FILE         write there instead of to standard output
  --all                 text, markdown: every place of each rule
  --by operation        text, markdown: findings under their operations instead of their rules
  --trend FILE          write the scores of this run there, and show how they changed since the last day
  --policies GLOB       Cedar policies: what they decide is no finding; may be given several times

  --fix                 write an overlay with the fixes that cannot change anything for good clients
  --fix=all             with the others too, each marked CHANGES BEHAVIOUR
  --fix-to FILE         where to; <document>.fixes.overlay.yaml where not said

  --baseline FILE       findings in it are known: only new ones are shown and fail
  --update-baseline     write the baseline anew
  --ignore FILE         accepted findings; castellan.ignore.yaml where there is one
  --rules FILE          rules of your own: a TypeScript or JavaScript module
  --spectral FILE       run a Spectral ruleset as well (needs @stoplight/spectral-core)

  --deployment PATH     castellan.yaml, Compose, Kubernetes, nginx, Envoy, Terraform: files or folders, checked as well;
                        may be given several times
  --overlay FILE        apply an OpenAPI Overlay first; may be given several times
  --allow-urls          let $ref lead to other hosts
  --watch               check again whenever a file changes
`,
  run: async (args, terminal) => {
    const { values, positionals } = parseArguments(
      'check',
      args.map((arg) => (arg === '--fix' ? '--fix=safe' : arg)),
      {
        profile: { type: 'string' },
        'fail-on': { type: 'string' },
        format: { type: 'string' },
        output: { type: 'string' },
        all: { type: 'boolean' },
        by: { type: 'string' },
        trend: { type: 'string' },
        policies: { type: 'string', multiple: true },
        fix: { type: 'string' },
        'fix-to': { type: 'string' },
        baseline: { type: 'string' },
        'update-baseline': { type: 'boolean' },
        ignore: { type: 'string' },
        rules: { type: 'string', multiple: true },
        spectral: { type: 'string' },
        deployment: { type: 'string', multiple: true },
        overlay: { type: 'string', multiple: true },
        'allow-urls': { type: 'boolean' },
        watch: { type: 'boolean' },
      },
    );
    if (positionals.length === 0)
      throw new CastellanError({
        code: 'usage',
        message: 'no OpenAPI document given',
        mend: 'write castellan check openapi.yaml',
      });
    if (values['update-baseline'] === true && values.baseline === undefined)
      throw new CastellanError({
        code: 'usage',
        message: '--update-baseline needs --baseline',
        mend: 'write --baseline castellan.baseline.json',
      });
    const options = {
      files: documentsOf(positionals, terminal.cwd),
      by: oneOf('by', values.by, ['rule', 'operation'] as const) ?? 'rule',
      trend: values.trend,
      policies: values.policies ?? [],
      profile: oneOf('profile', values.profile, PROFILES),
      failOn: oneOf('fail-on', values['fail-on'], THRESHOLDS) ?? 'high',
      format: oneOf('format', values.format, formats) ?? 'text',
      output: values.output,
      all: values.all ?? false,
      fix: oneOf('fix', values.fix, ['safe', 'all'] as const),
      fixTo: values['fix-to'],
      baseline: values.baseline,
      updateBaseline: values['update-baseline'] ?? false,
      ignore: values.ignore,
      rules: values.rules ?? [],
      spectral: values.spectral,
      deployment: values.deployment ?? [],
      overlays: values.overlay ?? [],
      allowUrls: values['allow-urls'] ?? false,
    };
    if (values.watch !== true) return (await check(options, terminal)).status;
    let status: ExitStatus = 0;
    await watchFiles(terminal, async () => {
      const done = await check(options, terminal);
      status = done.status;
      return done.read;
    });
    return status;
  },
};
