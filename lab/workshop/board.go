package workshop

// ReadReports reads those of a class. Of files that are none it returns why.
func ReadReports(names []string) (all []Report, unread []error) {
	for _, name := range names {
		report, err := ReadReport(name)
		if err != nil {
			unread = append(unread, err)
			continue
		}
		all = append(all, report)
	}
	return all, unread
}
