// What a gateway is configured with: its own options, and castellan.yaml.
export {
  chosenApis,
  gatewayOptionsOf,
  keyOf,
  optionsOfApi,
  type ChosenApi,
  type FileOptions,
} from './castellan-file/options.ts';
export type { PostureEntry, PostureException, PosturePolicy } from './castellan-file/posture.ts';
export { castellanYamlReader, type CastellanYaml } from './castellan-file/read.ts';
export type { ServeEntry } from './castellan-file/serve.ts';
export { castellanYamlSchema } from './castellan-file/schema.ts';
export { problemsOfRun } from './castellan-file/together.ts';
export { inFile } from './castellan-file/in-file.ts';
