import { postureReport, readOverview, refreshScores, said } from '@castellan/registry';
import { usage } from '../arguments.ts';
import type { ExitStatus } from '../verb.ts';
import { wholeNumber, type InventoryCall } from './arguments.ts';
import { ofApi, overview, type Overview } from './posture-text.ts';
import { configuredPosture, withStore } from './store.ts';

/** `castellan inventory posture [API]`: exit status 1 where a policy on posture is not met and nobody answers for it. */
export async function posture(call: InventoryCall): Promise<ExitStatus> {
  const { values, positionals, terminal } = call;
  const [api, second] = positionals;
  if (second !== undefined)
    throw usage(`posture takes one API, not '${second}' too`, 'castellan inventory posture API');
  const entry = await configuredPosture(terminal.cwd);
  if (api !== undefined) {
    const report = await withStore(call, (store) => postureReport(store, api, { entry }));
    terminal.out(values.json === true ? `${JSON.stringify(report, null, 2)}\n` : ofApi(report));
    return report.violations.some(({ exception }) => exception === null) ? 1 : 0;
  }
  const limit = wholeNumber('limit', values.limit, 10_000) ?? 1_000;
  const made = await withStore(call, async (store): Promise<Overview> => {
    const { judgement } = await refreshScores(store, entry);
    const { lines, next } = await readOverview(store, { after: values.after, limit });
    const { violations, notices, about } = judgement;
    return {
      apis: lines,
      next: next ?? null,
      policies: [...about].map(([name, apis]) => ({ name, apis })),
      violations: violations.map(said),
      notices,
    };
  });
  terminal.out(values.json === true ? `${JSON.stringify(made, null, 2)}\n` : overview(made));
  return made.violations.some(({ exception }) => exception === null) ? 1 : 0;
}
