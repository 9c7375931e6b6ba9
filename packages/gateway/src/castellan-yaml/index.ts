// castellan.yaml as a text: its one reader, with the line of everything that is wrong. It brings the parser for YAML with it.
export { placed, readCastellanYaml, type ReadCastellanYaml } from './read.ts';
export { readYaml, type YamlText, type YamlValue } from './yaml-text.ts';
export { checkCastellanYaml, type CheckedApi, type CheckedCastellanYaml } from './check.ts';
