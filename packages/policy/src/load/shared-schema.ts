import { templatesIn, type PoliciesInput } from './policies.ts';
import type { SchemaInput } from './schema.ts';
import { withShares } from './sharing.ts';

/** The schema of policies, with the attributes of what is shared object by object. */
export function schemaWithShares({
  schema,
  sharing = [],
  policies,
}: Pick<PoliciesInput, 'policies' | 'sharing'> & { readonly schema?: SchemaInput | undefined }):
  | SchemaInput
  | undefined {
  return schema === undefined || sharing.length === 0 ? schema : withShares(schema, templatesIn(policies), sharing);
}
