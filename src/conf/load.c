/* SPDX-License-Identifier: MIT */
#include "conf/load.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "conf/parse.h"
#include "conf/source.h"

static const char suffix[] = ".conf";
static const char folder_name[] = "conf.d";

const char *
conf_path_default(void)
{
	return RUMORD_CONF_FILE;
}

static enum err
load_file(struct conf *conf, const char *path, bool must_exist,
	struct conf_errors *errors)
{
	char *text;
	enum err err = source_read(path, errors, &text);

	if (err == ERR_NOT_FOUND && !must_exist) {
		return ERR_OK;
	}
	if (err == ERR_NOT_FOUND) {
		conf_errors_add(errors, 0, "%s: %s", path, strerror(ENOENT));
		return ERR_IO;
	}
	if (err != ERR_OK) {
		return err;
	}
	err = source_prepare(text, path, errors);
	if (err == ERR_OK) {
		err = conf_parse(conf, path, text, errors);
	}
	free(text);
	return err;
}

/* "dir/name", "name" for an empty dir; free() it. */
static char *
join_path(struct bytes dir, const char *name)
{
	size_t name_size = strlen(name) + 1;
	char *path = mem_new(dir.len + 1 + name_size);
	char *end = path;

	if (dir.len > 0) {
		end = mempcpy(end, dir.data, dir.len);
		*end++ = '/';
	}
	memcpy(end, name, name_size);
	return path;
}

/* Not the hidden files that editors leave. */
static int
is_configuration(const struct dirent *entry)
{
	size_t len = strlen(entry->d_name);
	size_t suffix_len = strlen(suffix);

	return entry->d_name[0] != '.' && len > suffix_len &&
	       strcmp(entry->d_name + len - suffix_len, suffix) == 0;
}

/* By their bytes; alphasort() follows the locale. */
static int
compare_names(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static enum err
load_folder(struct conf *conf, const char *folder, struct conf_errors *errors)
{
	struct dirent **entries;
	int count = scandir(folder, &entries, is_configuration, compare_names);
	enum err result = ERR_OK;

	if (count < 0 && errno == ENOENT) {
		return ERR_OK;
	}
	if (count < 0) {
		conf_errors_add(errors, 0, "%s: %s", folder, strerror(errno));
		return ERR_IO;
	}
	for (int i = 0; i < count; i++) {
		char *path = join_path(bytes_of_string(folder), entries[i]->d_name);
		enum err err = load_file(conf, path, true, errors);

		if (result == ERR_OK) {
			result = err;
		}
		free(path);
		free(entries[i]);
	}
	free(entries);
	return result;
}

enum err
conf_load(struct conf *conf, const char *path, bool must_exist,
	struct conf_errors *errors)
{
	const char *slash = strrchr(path, '/');
	size_t dir_len = slash != NULL ? (size_t)(slash - path) : 0;
	char *folder = slash == path ? mem_copy_string("/conf.d")
				     : join_path(bytes_of(path, dir_len), folder_name);
	enum err file_err = load_file(conf, path, must_exist, errors);
	enum err folder_err = load_folder(conf, folder, errors);

	free(folder);
	return file_err != ERR_OK ? file_err : folder_err;
}
