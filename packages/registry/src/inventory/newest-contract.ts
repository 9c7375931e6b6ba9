import type { Store } from '../store/open.ts';

/** The newest contract version of an API, as a query of one row at most; what is read of it is selected. */
export function newestContract({ db }: Pick<Store, 'db'>, api: string) {
  return db.selectFrom('contracts').where('api', '=', api).orderBy('imported', 'desc').orderBy('digest').limit(1);
}
