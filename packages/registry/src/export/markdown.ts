import type { Snapshot } from './snapshot.ts';

/** The inventory for people: one table over all APIs, then the operations of each. */
export function toMarkdown({ apis, unreadable, time }: Snapshot): string {
  const lines = [
    '# API inventory',
    '',
    `${apis.length} APIs, ${apis.reduce((sum, api) => sum + api.operationList.length, 0)} operations; ${time}.`,
    '',
    '| API | version | owner | state | operations | without authentication | environments | data |',
    '| --- | --- | --- | --- | ---: | ---: | --- | --- |',
    ...apis.map(
      (api) =>
        `| [${cell(api.title)}](#${api.id}) | ${cell(api.version)} | ${cell(api.owner ?? 'nobody')} | ${api.state} | ${api.operations} | ${api.open} | ${cell(api.environments.join(', '))} | ${api.data.join(', ')} |`,
    ),
  ];
  for (const api of apis) {
    lines.push(
      '',
      `<a id="${api.id}"></a>`,
      '',
      `## ${cell(api.title)}`,
      '',
      '| operation | authentication | state | takes | gives | requests | last seen |',
      '| --- | --- | --- | --- | --- | ---: | --- |',
      ...api.operationList.map(
        (one) =>
          `| ${code(`${one.method} ${one.path}`)} | ${one.authenticated ? 'yes' : 'no'} | ${one.state} | ${one.takes.join(', ')} | ${one.gives.join(', ')} | ${one.requests} | ${one.lastSeen?.slice(0, 10) ?? 'never'} |`,
      ),
    );
  }
  if (unreadable.length > 0)
    lines.push('', '## Unreadable', '', ...unreadable.map(({ reason }) => `- ${cell(reason)}`));
  return `${lines.join('\n')}\n`;
}

/** Text of documents: no table, link, code or HTML begins in it. */
function cell(text: string): string {
  return (
    text
      .replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ')
      .replaceAll(/[\\`*_{}[\]<>()#|!&~$]/g, (sign) => `\\${sign}`)
      // Addresses become links by themselves.
      .replaceAll(/:(?=\/\/)|(?<=www)\.|@/gi, (sign) => `\\${sign}`)
  );
}

function code(text: string): string {
  return `\`${text.replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029`]+/gu, ' ').replaceAll('|', String.raw`\|`)}\``;
}
