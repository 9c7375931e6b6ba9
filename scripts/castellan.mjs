// The command from the sources: npm run castellan -- check openapi.yaml
import { installDependencies, node, root, run, sourceFlags } from './ready.mjs';

installDependencies();
process.exitCode = await run(node, [...sourceFlags, `${root}/packages/cli/src/main.ts`, ...process.argv.slice(2)], {
  cwd: process.env.INIT_CWD ?? process.cwd(),
});
