import type { Attack } from '../attack.ts';
import { isSuccess } from '../judge.ts';

/** Paths that show what a server is inside, and what they look like where they do. */
const paths: readonly (readonly [path: string, form: RegExp])[] = [
  ['/.env', /^[A-Z][A-Z0-9_]*=/m],
  ['/.git/config', /\[core\]/],
  ['/actuator', /"_links"/],
  ['/actuator/env', /"propertySources"/],
  ['/actuator/heapdump', /^JAVA PROFILE/],
  ['/debug/pprof/', /goroutine|heap/],
  ['/debug/vars', /"memstats"/],
  ['/server-status', /Apache Server Status/],
  ['/phpinfo.php', /phpinfo\(\)/],
  ['/console', /Werkzeug|interactive console/i],
  ['/__debug__/', /djdt|Debug Toolbar/i],
  ['/metrics', /^# (?:HELP|TYPE) /m],
  ['/swagger-resources', /"swaggerVersion"/],
  ['/trace', /"timeTaken"|"timestamp"/],
];

/** API8:2023: well-known paths of debug interfaces are asked for without a credential. */
export const debugPath: Attack = {
  name: 'debug-path',
  control: 'no-debug',
  fix: 'switch it off, or let only documented paths through, as a gateway does',
  title: 'well-known paths of debug interfaces, without a credential',
  async *run({ contract, target }) {
    const documented = new Set(contract.operations.map(({ path }) => path));
    for (const [path, form] of paths) {
      if (documented.has(path)) continue;
      const outgoing = { method: 'GET', target: path, captures: [], fields: [], secrets: [] };
      const answer = await target.send(outgoing);
      // That none of them answers proves nothing.
      if (answer === undefined || !isSuccess(answer) || !form.test(answer.text)) continue;
      yield {
        control: 'no-debug',
        attack: 'debug-path',
        operation: undefined,
        verdict: 'broken',
        detail: `GET ${path} answers ${answer.status}`,
        call: { as: undefined, outgoing },
      };
    }
  },
};
