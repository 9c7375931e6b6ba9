export { readArchitecture, readArchitectureTexts, type Architecture } from './architecture/index.ts';
export * from './posture/index.ts';
