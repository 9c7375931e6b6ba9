export { readArchitecture, readArchitectureTexts, type Architecture } from './architecture/index.ts';
