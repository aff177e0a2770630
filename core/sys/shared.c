#include "core/sys/shared.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

void *shared_map(const char *path, size_t size)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
	struct stat st;

	if (fd < 0)
		return NULL;
	void *p = MAP_FAILED;
	/* taken now, for a file with holes would end a process when the disk is full */
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) &&
		(errno = posix_fallocate(fd, 0, (off_t)size)) == 0)
		p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	return p == MAP_FAILED ? NULL : p;
}
