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
export { checkArchitecture, checkContract, type CheckOptions } from './engine.ts';
export { contractRule, type ArchitectureRule, type ContractRule, type Flaw, type RuleFacts } from './rule.ts';
export { contractRules } from './rules/index.ts';
export { architectureRules } from './rules/architecture/index.ts';
export { checkFile, type CheckedFile, type CheckFileOptions } from './check-file.ts';
export { loadRules } from './custom-rules.ts';
export { fixHeading, fixOverlay, type FixKind } from './fix.ts';
export { spectralFindings } from './spectral.ts';
export { readBaseline, writeBaseline, type Baseline } from '../findings/baseline.ts';
export { applyIgnores, readIgnores, type Ignore } from '../findings/ignores.ts';
export { formatReports, formats, type Format, type FormatOptions } from '../findings/formats/index.ts';
export type { Report, RuleDescription } from '../findings/report.ts';
export { scoreOf, type Loss, type Score } from '../findings/score.ts';
