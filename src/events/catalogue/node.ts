/** Rows are added with the component. */
export const nodeEvents = {}
