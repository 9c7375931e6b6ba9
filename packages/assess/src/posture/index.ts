export type { Finding, Mend, OverlayAction } from '../findings/finding.ts';
export {
  atLeast,
  owaspRisks,
  severities,
  type AsvsId,
  type Confidence,
  type OwaspRisk,
  type Severity,
} from '../findings/risk.ts';
export { checkContract, type CheckOptions } from './engine.ts';
export { contractRule, type ArchitectureRule, type ContractRule, type Flaw, type RuleFacts } from './rule.ts';
export { contractRules } from './rules/index.ts';
