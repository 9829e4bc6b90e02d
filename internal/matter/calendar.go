package matter

// Calendar knows the working days and hours of a country.
type Calendar struct{}
