// npm start: the guided tour.
import { installDependencies, node, run, sourceFlags } from './ready.mjs';

installDependencies();
process.exitCode = await run(node, [...sourceFlags, 'packages/cli/src/main.ts', 'demo', ...process.argv.slice(2)]);
