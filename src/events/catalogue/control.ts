/** Rows are added with the component. */
export const controlEvents = {}
