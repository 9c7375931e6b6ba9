// See `credentials.ts`: the work of each case grows no faster than its input.
import { testGrowth } from './growth.ts';
import { credentialCases } from './credentials.ts';

testGrowth(credentialCases);
