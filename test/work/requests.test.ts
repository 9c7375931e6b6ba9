// See `requests.ts`: the work of each case grows no faster than its input.
import { testGrowth } from './growth.ts';
import { requestCases } from './requests.ts';

testGrowth(requestCases);
