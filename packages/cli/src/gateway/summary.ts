import { printable } from '@castellan/assess/printable';
import type { Gateway } from '@castellan/gateway';
import type { Setup } from './setup.ts';

/** What a gateway that was started does, and what it does not protect. */
export function summary({ url, adminUrl, apis, notices: said }: Gateway, { notices: more, config }: Setup): string {
  const notices = [...said, ...more];
  const [only] = apis;
  const lines =
    apis.length === 1 && only !== undefined
      ? [titleOf(only), `listening on ${url}${frontOf(only, true)}`]
      : [
          `listening on ${url}, ${apis.length} APIs`,
          ...apis.map((api) => `${api.name}: ${titleOf(api)}${frontOf(api, false)}`),
        ];
  if (config !== undefined) lines.push(`configured by ${config}`);
  if (adminUrl !== undefined) lines.push(`health and metrics on ${adminUrl}`);
  if (apis.some(({ detection }) => detection !== undefined))
    lines.push(
      `looking for attacks; what is compared with usual behaviour is reported from tomorrow on${adminUrl === undefined ? '' : ` (castellan watch ${adminUrl})`}`,
    );
  if (notices.length === 0) lines.push('everything that the contract declares is enforced');
  else for (const notice of notices) lines.push(`not protected: ${notice.message} [${notice.code}]`);
  return `${printable(lines).join('\n')}\n`;
}

type RunningApi = Gateway['apis'][number];

function titleOf({ guard: { contract } }: RunningApi): string {
  return `${contract.title} ${contract.version} (OpenAPI ${contract.openapi}, ${contract.operations.length} operation${contract.operations.length === 1 ? '' : 's'}, ${contract.digest.slice(0, 19)})`;
}

/** Which requests are the API's, and where they go. */
function frontOf({ guard: { settings }, setup, claim }: RunningApi, alone: boolean): string {
  const { upstream, hosts = [] } = setup.options;
  const prefixes = claim().prefixes.filter((path) => path !== '');
  const upstreams = (Array.isArray(upstream) ? upstream : [{ url: upstream as string | URL }])
    .map((one) => String(one.url))
    .join(' and ');
  const modes = settings.modes.responses === settings.mode ? '' : `, ${settings.modes.responses} for responses`;
  return [
    alone || hosts.length === 0 ? '' : `, host ${hosts.join(' and ')}`,
    prefixes.length === 0 ? '' : `, paths under ${prefixes.join(' and ')}`,
    `, in front of ${upstreams}, mode ${settings.mode}${modes}`,
  ].join('');
}
