/** The first half of our catalogs' namespaces; the second half is the node type. */
export const PACKAGE = '@portal-to-door/node-red-mobile-credential';
