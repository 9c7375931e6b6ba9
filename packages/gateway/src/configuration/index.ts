// What a gateway is configured with: its own options, and castellan.yaml.
export { apiNames, chosenApi, gatewayOptionsOf, keyOf, type FileOptions } from './castellan-file/options.ts';
export type { PostureEntry, PostureException, PosturePolicy } from './castellan-file/posture.ts';
export { castellanYamlReader, type CastellanYaml } from './castellan-file/read.ts';
export { castellanYamlSchema } from './castellan-file/schema.ts';
