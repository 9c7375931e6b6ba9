/** Whether the name of an environment says that it is production: `production`, `prod-eu`, `live`. */
export function isProduction(name: string): boolean {
  return /(?:^|[^a-z])(?:prod|production|prd|live)(?:$|[^a-z])/i.test(name) && !/(?:pre|non)[^a-z]?pro?d/i.test(name);
}
