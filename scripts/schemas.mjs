// npm run schemas: writes schemas/*.json of what people write, from the readers that the packages use.
import { join } from 'node:path';
import { installDependencies, node, root, run, sourceFlags } from './ready.mjs';

installDependencies();
const program = `
const { writeFileSync } = await import('node:fs');
const { vocabularySchema } = await import('@castellan/contract');
const { authenticationSchema, optionsSchema } = await import('./packages/guard/src/configuration/schemas.ts');
const { learnRecordSchema } = await import('@castellan/guard/learn');
const { eventSchema } = await import('@castellan/guard/audit');
const { findingSchema } = await import('@castellan/detect');
const { castellanYamlSchema } = await import('@castellan/gateway/configuration');
const { gatewayOptionsSchema } = await import('./packages/gateway/src/configuration/schemas.ts');
const { postureOutputSchema } = await import('./packages/registry/src/posture/schema.ts');
const { scanSchema } = await import('@castellan/scan');
for (const [name, schema] of Object.entries({
  'x-castellan': vocabularySchema(),
  authentication: authenticationSchema(),
  'guard-options': optionsSchema(),
  'gateway-options': gatewayOptionsSchema(),
  castellan: castellanYamlSchema(),
  'learn-record': learnRecordSchema(),
  event: eventSchema({ DetectionFinding: findingSchema() }),
  'posture-output': postureOutputSchema(),
  'scan-output': scanSchema(),
}))
  writeFileSync('schemas/' + name + '.json', JSON.stringify(schema, null, 2) + '\\n');
`;
process.chdir(join(root));
process.exitCode = await run(node, [...sourceFlags, '--input-type=module', '--eval', program]);
