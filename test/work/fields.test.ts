// See `fields.ts`: the work of each case grows no faster than its input.
import { testGrowth } from './growth.ts';
import { fieldCases } from './fields.ts';

testGrowth(fieldCases);
