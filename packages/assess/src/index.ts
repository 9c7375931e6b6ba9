export * from './posture/index.ts';
