// The reference page of the command: what `--help` prints of each verb.
import { verbs } from '../../packages/cli/src/verbs/index.ts';

/** Text of the page, by its name. */
export async function commandPages(): Promise<Readonly<Record<string, string>>> {
  const loaded = await Promise.all(
    Object.values(verbs).map(async ({ summary, load }) => ({ summary, ...(await load()) })),
  );
  return {
    'commands.md': `# The command

Made from the code by \`npm run reference\`: what \`castellan COMMAND --help\` prints. Exit status: 0 fine, 1 findings at or over \`--fail-on\`, 2 bad usage or
input (one line: what, where, what to do), 3 internal error. \`castellan --version\` prints the version.

| command | does |
| --- | --- |
${loaded.map(({ name, summary }) => `| [\`${name}\`](#castellan-${name}) | ${summary} |`).join('\n')}
${loaded.map(({ name, help }) => `\n## castellan ${name}\n\n\`\`\`text\n${help.trimEnd()}\n\`\`\``).join('\n')}
`,
  };
}
