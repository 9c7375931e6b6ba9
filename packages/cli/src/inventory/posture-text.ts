import { printable } from '@castellan/assess/printable';
import { asvsOf, controls } from '@castellan/assess/controls';
import {
  silence,
  type EnvironmentReport,
  type PostureLine,
  type PostureOverview,
  type PostureReport,
  type SaidViolation,
} from '@castellan/registry';
import { formatTable } from '../table.ts';

/** One line for each API, and what policies say. */
export function overview(made: PostureOverview): string {
  if (made.apis.length === 0) return 'the inventory is empty: castellan inventory import PATH\n';
  const rows = made.apis.map((api) => [
    api.api,
    api.profile,
    api.state,
    api.score === null ? 'unknown' : api.score.toFixed(1),
    trendOf(api),
    api.environment === '' ? 'none known' : api.environment,
    ...['proven', 'enforced', 'declared', 'missing', 'broken'].map((state) => String(api.states[state] ?? 0)),
    api.unmet.join(' '),
  ]);
  const table = formatTable(
    [
      'API',
      'profile',
      'state',
      'score',
      '30 days',
      'judged in',
      'proven',
      'enforced',
      'declared',
      'missing',
      'broken',
      'policies not met',
    ],
    rows,
  );
  const lines = [
    ...(made.violations.length === 0 && made.notices.length > 0
      ? []
      : made.policies.flatMap(({ name, apis }) => policyLines(name, apis, made.violations))),
    ...made.notices.map((one) => `notice: ${one}`),
    ...(made.next === null ? [] : [`more: castellan inventory posture --after ${made.next}`]),
    'what a score is made of: castellan inventory posture API; what to do: castellan inventory next',
  ];
  return `${table}${printable(lines).join('\n')}\n`;
}

/** Where each point of one API went. */
export function ofApi(report: PostureReport): string {
  const lines = [
    `${report.title} ${report.version}, profile ${report.profile}, ${report.state}, owner ${report.owner ?? 'nobody'}`,
    ...(report.environments.length === 0
      ? ['nothing is known of its controls: import its document again, castellan inventory import FILE']
      : []),
    ...report.environments.flatMap((one) => ['', ...ofEnvironment(one, report.at)]),
    '',
    ...report.policies.flatMap((name) => policyLines(name, 1, report.violations)),
    `what to do: castellan inventory next ${report.api}`,
  ];
  return `${printable(lines).join('\n')}\n`;
}

function ofEnvironment(environment: EnvironmentReport, at: string): string[] {
  const { score, lost, states, guards } = environment;
  const name = environment.environment === '' ? 'nowhere known to run' : environment.environment;
  const total = Object.values(states).reduce((sum, one) => sum + one, 0);
  const trend = trendOf(environment);
  const lines = [
    `${name}: ${score.toFixed(2)} of 100${trend === '' ? '' : ` (${trend} in 30 days)`}; of ${total} controls ${states.proven} proven, ${states.enforced} enforced, ${states.declared} declared, ${states.missing} missing${states.broken === 0 ? '' : `, ${states.broken} BROKEN`}`,
    ...(guards.length === 0 ? ['  no guard reports from here'] : guards.map((guard) => `  ${guardLine(guard, at)}`)),
  ];
  for (const { control, points, cells } of lost) {
    const requirements = asvsOf[control].join(', ');
    lines.push(
      `  −${points.toFixed(2)}  ${controls[control].title} (${control}, ${controls[control].owasp}${requirements === '' ? '' : `, ASVS ${requirements}`})`,
      ...cells
        .slice(0, shown)
        .map(
          (cell) =>
            `      −${cell.points.toFixed(2)}  ${cell.operation === '' ? 'the API' : cell.operation}: ${cell.state}${cell.state === 'missing' ? `, ${cell.why}` : ''}`,
        ),
      ...(cells.length > shown ? [`      and ${cells.length - shown} more operations`] : []),
    );
  }
  return lines;
}

/** Operations of one control, and places where a policy is not met, that are named. */
const shown = 5;

function guardLine({ name, lastSeen, current, says }: EnvironmentReport['guards'][number], at: string): string {
  const silent = Date.parse(at) - Date.parse(lastSeen) > silence;
  const heard = silent ? `SILENT since ${lastSeen}: what it enforced does not count` : `heard ${lastSeen}`;
  return `guard ${name}: ${heard}${current ? '' : '; runs another contract'}${says ? '' : '; does not say what it enforces'}`;
}

function policyLines(name: string, apis: number, violations: readonly SaidViolation[]): string[] {
  const own = violations.filter(({ policy }) => policy === name);
  const open = own.filter(({ exception }) => exception === null);
  const excused = own.filter(({ exception }) => exception !== null);
  const places = open.length === 1 ? '1 place' : `${open.length} places`;
  return [
    `policy ${name}: ${open.length === 0 ? 'met' : `not met in ${places}`}${excused.length === 0 ? '' : `, ${excused.length} excused`} (${apis} ${apis === 1 ? 'API' : 'APIs'})`,
    ...open.slice(0, shown).map(violationLine),
    ...(open.length > shown ? [`    and ${open.length - shown} more: --json`] : []),
    ...new Set(excused.map(excuseLine)),
  ];
}

function violationLine({ api, environment, operation, control, why }: SaidViolation): string {
  return `    ${api}${operation === '' ? '' : ` ${operation}`}${environment === '' ? '' : ` in ${environment}`}: ${control} is ${why}`;
}

function excuseLine({ exception, api }: SaidViolation): string {
  return exception === null
    ? ''
    : `    excused for ${api} until ${exception.until} by ${exception.owner}: ${exception.reason}`;
}

function trendOf({ score, earlier }: Pick<PostureLine, 'score' | 'earlier'>): string {
  if (score === null || earlier === null) return '';
  const change = Math.round((score - earlier) * 10) / 10;
  return change === 0 ? '±0' : change > 0 ? `+${change}` : String(change).replace('-', '−');
}
