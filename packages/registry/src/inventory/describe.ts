import type { Contract } from '@castellan/contract';
import type { DescribedContract } from './describe-contract.ts';

/** As `describeContract`. What it takes to know what names mean is loaded with the first document, not with the registry. */
export async function describe(contract: Contract, now: number): Promise<DescribedContract> {
  const { describeContract } = await import('./describe-contract.ts');
  return describeContract(contract, now);
}
