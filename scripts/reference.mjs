// npm run reference: writes docs/reference from the code.
import { join } from 'node:path';
import { installDependencies, node, root, run, sourceFlags } from './ready.mjs';

installDependencies();
process.chdir(root);
process.exitCode = await run(node, [...sourceFlags, join(root, 'test/reference/write.ts')]);
